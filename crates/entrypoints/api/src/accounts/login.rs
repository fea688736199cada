//! `POST /api/auth/login` and `POST /api/auth/refresh`

use accounts::commands::{self, PasswordLogin};
use accounts::queries::Person;
use axum::extract::State;
use entry::{Answer, ClientDevice, Json, Site};
use kernel::Secret;
use serde::Deserialize;
use utoipa::ToSchema;

use super::views::TokensView;

/// An address and its password.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LoginInput {
    pub email: String,
    #[schema(value_type = String)]
    pub password: Secret<String>,
    /// A code of the authenticator app, or a recovery code. Required if the account has an app.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub code: Option<Secret<String>>,
}

/// A refresh token.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RefreshInput {
    #[schema(value_type = String)]
    pub refresh_token: Secret<String>,
}

/// Logs in and returns the tokens.
///
/// An account with an authenticator app answers 401 `second_factor_required` to the right password alone: send the same once more
/// with `code`.
#[utoipa::path(post, path = "/api/auth/login", operation_id = "log_in", tag = "accounts", request_body = LoginInput,
    responses((status = 200, body = TokensView, description = "Signed in")))]
pub async fn handle(
    State(site): State<Site>,
    device: ClientDevice,
    Json(input): Json<LoginInput>,
) -> Answer<Json<TokensView>> {
    let (at, shown) = (site.circumstances(), device.presented());
    let login = PasswordLogin { email: input.email, password: input.password };
    let proven = commands::check_password(&site.database, site.passwords(), at, login, shown).await?;
    let person = workflows::account::second_factor::enter(&site, proven, input.code.as_ref(), shown).await?;
    open_session(&site, &device, person).await
}

/// Opens a session for somebody who has passed all checks, and returns its tokens.
pub(super) async fn open_session(site: &Site, device: &ClientDevice, person: Person) -> Answer<Json<TokensView>> {
    let mut tx = site.database.begin().await?;
    let (at, shown) = (site.circumstances(), device.presented());
    let pair = commands::open_api_session(&mut tx, &site.keys, at, &person, shown).await?;
    tx.commit().await?;
    Ok(Json(TokensView::new(pair, person)))
}

/// Turns a refresh token into the next pair.
///
/// If the answer is lost, send the same token again: for a minute, and as long as nobody used the next one, it works once more.
#[utoipa::path(post, path = "/api/auth/refresh", operation_id = "refresh_tokens", tag = "accounts", request_body = RefreshInput,
    responses((status = 200, body = TokensView, description = "The next pair")))]
pub async fn refresh(State(site): State<Site>, Json(input): Json<RefreshInput>) -> Answer<Json<TokensView>> {
    let (pair, person) = workflows::account::refresh(&site, &input.refresh_token).await?;
    Ok(Json(TokensView::new(pair, person)))
}
