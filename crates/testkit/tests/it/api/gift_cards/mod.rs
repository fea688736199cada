//! Gift cards and credit over the API.

mod batch_list;
mod batches;
mod claim;
mod credit;
mod deliver;
mod liability;
mod loyalty;
mod order;
mod redeem;
mod sent;
mod show;
mod stop;
mod stop_batch;
mod transfer;
mod validate;
