//! Finding celebrities.
