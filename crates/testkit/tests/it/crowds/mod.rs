//! Many at once.

mod groups;
mod races;
