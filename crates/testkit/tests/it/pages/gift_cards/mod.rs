//! Gift cards at a browser.

mod claim;
mod list;
mod print;
mod show;
mod transfer;
