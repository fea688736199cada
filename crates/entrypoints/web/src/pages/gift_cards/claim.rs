//! `GET /claim`: shows the card that a code opens. Only its button claims, because mail scanners open links.
//!
//! A mailed link carries the code once: it goes to a cookie, so that it stands in no address afterwards, and waits there while somebody
//! makes an account.

use accounts::Caller;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use entry::{Answer, MaybeSignedIn, Problem, Query, SignedIn, Site, cookie, cookies};
use gift_cards::{CardDesign, CardKind};
use http::{HeaderMap, HeaderValue, StatusCode};
use kernel::Secret;
use serde::{Deserialize, Serialize};
use workflows::gift_card::{self, OfferedCard, claimed_with, load_offered};

use crate::kit::extract::Posted;
use crate::kit::form::Form;
use crate::kit::frame::Frame;
use crate::kit::render::Template;
use crate::views::gift_card::{CardArt, CardPresenter};
use crate::views::samples;
use site::links;

const COOKIE: &str = "__Host-stagedoor-gift";
/// As long as a newcomer has to verify their address.
const LIFE_S: i64 = 48 * 60 * 60;
/// The longest code as somebody types it, or the link that somebody pastes.
const TYPED_CHARACTERS_MAX: usize = 300;

#[derive(Debug, Serialize)]
pub(crate) struct Claim {
    pub form: Form,
    /// The card that waits; none before a code is known.
    pub card: Option<WaitingCard>,
    /// The page that waits for the card, such as a checkout.
    pub return_to: Option<String>,
}

/// A card that waits to be claimed.
#[derive(Debug, Serialize)]
pub(crate) struct WaitingCard {
    pub art: CardArt,
    pub amount: String,
    /// `Noor Haddad`.
    pub from: Option<String>,
    pub until: String,
    /// What the button sends.
    pub code: String,
    /// Whether nobody is signed in.
    pub is_stranger: bool,
    /// Whether they have to verify their address first.
    pub is_unverified: bool,
    /// Where somebody signs in or makes an account, and comes back.
    pub way_in: WayIn,
}

/// What somebody has to do first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Visitor {
    Stranger,
    Unverified,
    Ready,
}

#[derive(Debug, Serialize)]
pub(crate) struct WayIn {
    pub login: String,
    pub register: String,
    pub print: &'static str,
}

/// What the mailed link carries.
#[derive(Debug, Deserialize)]
pub(crate) struct ClaimParams {
    code: Option<Secret<String>>,
    #[serde(flatten)]
    back: ReturnPath,
}

/// Where somebody goes once the card is theirs, if not to the card.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct ReturnPath {
    return_to: Option<String>,
}

impl ReturnPath {
    /// The page, if it is one of ours.
    fn page(self) -> Option<String> {
        self.return_to.filter(|path| links::safe_return(Some(path)) == path)
    }
}

/// This page, with the one that waits for the card.
fn here(return_to: Option<&str>) -> String {
    return_to.map_or_else(|| links::CLAIM.to_owned(), links::claim_then)
}

/// What the forms send.
#[derive(Debug, Deserialize)]
pub(crate) struct ClaimForm {
    code: Secret<String>,
    #[serde(flatten)]
    back: ReturnPath,
}

/// `GET /claim`
pub(crate) async fn show(
    State(site): State<Site>,
    frame: Frame,
    headers: HeaderMap,
    MaybeSignedIn(caller): MaybeSignedIn,
    Query(ClaimParams { code, back }): Query<ClaimParams>,
) -> Answer<Response> {
    let return_to = back.page();
    if let Some(code) = code {
        return Ok(private(keep(Redirect::to(&here(return_to.as_deref())), &code)));
    }
    let Some(code) = kept(&headers) else {
        return Ok(private(frame.answer(&Claim { form: Form::default(), card: None, return_to })?));
    };
    let mut connection = site.database.acquire().await?;
    if let Some(caller) = &caller
        && let Some(card) = claimed_with(&site, &mut connection, caller, code.expose()).await?
    {
        return Ok(private(forget(Redirect::to(&links::gift_card(card)))));
    }
    let found = load_offered(&site, &mut connection, code.expose()).await;
    drop(connection);
    match found.map_err(Problem::from) {
        Ok(offered) => {
            let way_in = WayIn::to(&here(return_to.as_deref()));
            let card = Some(WaitingCard { way_in, ..WaitingCard::of(&offered, &code, caller.as_deref(), &site) });
            Ok(private(frame.answer(&Claim { form: Form::default(), card, return_to })?))
        }
        Err(problem) => nothing(&frame, problem, return_to),
    }
}

/// `POST /claim/code`: a typed code. Looked up on the page that follows, as those of links are.
pub(crate) async fn look(Posted(ClaimForm { code, back }): Posted<ClaimForm>) -> Answer<Response> {
    Ok(private(keep(Redirect::to(&here(back.page().as_deref())), &code)))
}

/// `POST /claim`
pub(crate) async fn claim(
    State(site): State<Site>,
    frame: Frame,
    SignedIn(caller): SignedIn,
    Posted(ClaimForm { code, back }): Posted<ClaimForm>,
) -> Answer<Response> {
    let return_to = back.page();
    let mut tx = site.database.begin().await?;
    match gift_card::claim(&site, &mut tx, &caller, code.expose()).await.map_err(Problem::from) {
        Ok(card) => {
            tx.commit().await?;
            let to = return_to.unwrap_or_else(|| format!("{}?claimed=yes", links::gift_card(card.id)));
            Ok(private(forget(Redirect::to(&to))))
        }
        Err(problem) => nothing(&frame, problem, return_to),
    }
}

/// The same page for every code that opens nothing; the code is forgotten, so that looking again guesses nothing.
fn nothing(frame: &Frame, problem: Problem, return_to: Option<String>) -> Answer<Response> {
    if problem.status != StatusCode::NOT_FOUND {
        return Err(problem);
    }
    let page = Claim { form: Form::default().fault("code", &problem.detail), card: None, return_to };
    Ok(private(forget(frame.answer_as(problem.status, &page)?)))
}

/// The code that waits in the visitor's browser.
pub(super) fn kept(headers: &HeaderMap) -> Option<Secret<String>> {
    let bytes = URL_SAFE_NO_PAD.decode(cookie(headers, COOKIE)?).ok()?;
    String::from_utf8(bytes).ok().map(Secret::new)
}

fn keep(answer: impl IntoResponse, code: &Secret<String>) -> Response {
    let typed: String = code.expose().chars().take(TYPED_CHARACTERS_MAX).collect();
    cookies::keep(answer, COOKIE, &URL_SAFE_NO_PAD.encode(typed), LIFE_S)
}

/// The same answer, forgetting the code.
pub(crate) fn forget(answer: impl IntoResponse) -> Response {
    cookies::forget(answer, COOKIE)
}

/// The same answer, which no search engine lists.
pub(super) fn private(mut answer: Response) -> Response {
    answer.headers_mut().insert("x-robots-tag", HeaderValue::from_static("noindex"));
    answer
}

impl WaitingCard {
    fn of(offered: &OfferedCard, code: &Secret<String>, caller: Option<&Caller>, site: &Site) -> Self {
        let card = CardPresenter { seen: &offered.seen, sender: offered.sender.as_ref(), now: site.clock.now() };
        let visitor = match caller {
            None => Visitor::Stranger,
            Some(caller) if !caller.email_verified => Visitor::Unverified,
            Some(_) => Visitor::Ready,
        };
        Self::drawn(&card, code.expose().clone(), visitor)
    }

    fn drawn(card: &CardPresenter<'_>, code: String, visitor: Visitor) -> Self {
        Self {
            art: card.art(),
            amount: card.seen.card.balance.to_string(),
            from: card.from(),
            until: card.until(),
            code,
            is_stranger: visitor == Visitor::Stranger,
            is_unverified: visitor == Visitor::Unverified,
            way_in: WayIn::to(links::CLAIM),
        }
    }
}

impl WayIn {
    fn to(claim: &str) -> Self {
        Self { login: links::login_then(claim), register: links::register_then(claim), print: links::CLAIM_PRINT }
    }
}

impl Template for Claim {
    const TEMPLATE: &'static str = "pages/gift_cards/claim.html";

    fn samples() -> Vec<(&'static str, Self)> {
        let (seen, sender) = (samples::gifts::card(0x4702, CardKind::Platform, 150, 150), samples::gifts::sender());
        let sent = CardPresenter { seen: &seen, sender: Some(&sender), now: samples::now() };
        let bought = samples::gifts::bought(samples::gifts::card(3, CardKind::Platform, 50, 50), CardDesign::Alley);
        let bought = CardPresenter { seen: &bought, sender: None, now: samples::now() };
        let given = samples::gifts::card(2, CardKind::Promotional, 25, 25);
        let given = CardPresenter { seen: &given, sender: None, now: samples::now() };
        let page = |card: &CardPresenter<'_>, visitor| Self {
            form: Form::default(),
            card: Some(WaitingCard::drawn(card, "7K3M-XW4Q-9TBC-2HJE-7KQ2".to_owned(), visitor)),
            return_to: None,
        };
        let at_a_checkout = Some("/bookings/1/checkout".to_owned());
        let sentence = "This code opens no gift card. Look for mistyped letters; a code works once, and somebody may have claimed it.";
        vec![
            ("ready", page(&sent, Visitor::Ready)),
            ("bought", page(&bought, Visitor::Ready)),
            ("stranger", page(&sent, Visitor::Stranger)),
            ("unverified", page(&given, Visitor::Unverified)),
            ("given", page(&given, Visitor::Ready)),
            ("ready-at-a-checkout", Self { return_to: at_a_checkout.clone(), ..page(&sent, Visitor::Ready) }),
            ("ask", Self { form: Form::default(), card: None, return_to: None }),
            ("ask-at-a-checkout", Self { form: Form::default(), card: None, return_to: at_a_checkout }),
            ("nothing", Self { form: Form::default().fault("code", sentence), card: None, return_to: None }),
        ]
    }
}
