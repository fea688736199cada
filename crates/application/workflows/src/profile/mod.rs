//! What is worked out for profiles.

mod track_records;

pub(crate) use track_records::RefreshTrackRecords;
