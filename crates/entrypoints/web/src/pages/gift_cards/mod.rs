//! Gift cards of a person: what they have, one card, sending it, claiming it, printing it; and what became of their credit.

pub(crate) mod claim;
pub(crate) mod credit;
pub(crate) mod list;
pub(crate) mod offer;
pub(crate) mod print;
pub(crate) mod show;
pub(crate) mod transfer;
