//! Every call of the API on one screen; each area lists its own.

use entry::Routes;

use crate::operations;

/// Mounts the whole API.
pub fn routes(routes: Routes) -> Routes {
    [operations::routes].into_iter().fold(routes, |routes, area| area(routes))
}
