//! Gift cards and credit over the API.

mod batches;
mod claim;
mod credit;
mod redeem;
mod show;
mod stop;
