//! Calendars elsewhere over the API.

mod feeds;
