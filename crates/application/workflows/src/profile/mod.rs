//! Computed data of profiles.

mod track_records;

pub(crate) use track_records::RefreshTrackRecords;
