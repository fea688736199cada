//! Words every part of the house shares: ids, money, time, chance, faults, pages of a list, secrets, texts. No I/O.

pub mod chance;
pub mod clock;
pub mod fault;
pub mod fees;
pub mod ids;
pub mod money;
pub mod paging;
pub mod people;
pub mod scope;
pub mod secret;
pub mod text;

pub use chance::{Chance, SeededChance, SystemChance};
pub use clock::{Clock, Instant, ManualClock, SystemClock};
pub use fault::{Causes, Fault, FaultKind, FieldFault};
pub use fees::FeeSchedule;
pub use ids::*;
pub use money::{Currency, Money};
pub use paging::{Cursor, Page, PageRequest};
pub use people::{Actor, ActorKind, Role};
pub use scope::Scope;
pub use secret::Secret;
