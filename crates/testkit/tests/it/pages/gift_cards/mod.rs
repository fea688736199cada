//! Gift cards at a browser.

mod claim;
mod credit;
mod list;
mod print;
mod show;
mod transfer;
