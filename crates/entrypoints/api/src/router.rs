//! Every call of the API on one screen; each area lists its own.

use entry::Routes;

use crate::{accounts, catalog, operations};

/// Mounts the whole API.
pub fn routes(routes: Routes) -> Routes {
    [accounts::routes, catalog::routes, operations::routes].into_iter().fold(routes, |routes, area| area(routes))
}
