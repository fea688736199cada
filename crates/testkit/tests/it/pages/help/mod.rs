//! Explanations.

mod ranking;
