//! `GET /account/gift-cards/{id}/transfer`: sends a card to somebody by e-mail.

use accounts::Caller;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use entry::{Answer, Path, Problem, SignedIn, Site};
use gift_cards::{CardKind, GiftCardsError, MESSAGE_CHARACTERS_MAX};
use kernel::GiftCardId;
use serde::{Deserialize, Serialize};
use workflows::gift_card::{self, CardSide, load_visible};

use crate::kit::extract::{NoFields, Posted};
use crate::kit::form::Form;
use crate::kit::frame::Frame;
use crate::kit::render::Template;
use crate::views::gift_card::{CardArt, CardPresenter};
use crate::views::samples;
use site::links;

#[derive(Debug, Serialize)]
pub(crate) struct SendCard {
    /// As its receiver will see it.
    pub art: CardArt,
    pub balance: String,
    pub until: String,
    pub back: String,
    pub action: String,
    pub form: Form,
    pub message_max: usize,
}

/// What the form sends.
#[derive(Debug, Deserialize)]
pub(crate) struct SendForm {
    email: String,
    #[serde(default)]
    message: String,
}

/// `GET /account/gift-cards/{id}/transfer`
pub(crate) async fn show(
    State(site): State<Site>,
    frame: Frame,
    SignedIn(caller): SignedIn,
    Path(id): Path<GiftCardId>,
) -> Answer<Response> {
    match SendCard::of(&site, &caller, id, Form::default()).await? {
        Some(page) => frame.answer(&page),
        // It was sent already, or is used up: its page says so.
        None => Ok(Redirect::to(&links::gift_card(id)).into_response()),
    }
}

/// `POST /account/gift-cards/{id}/transfer`
pub(crate) async fn send(
    State(site): State<Site>,
    frame: Frame,
    SignedIn(caller): SignedIn,
    Path(id): Path<GiftCardId>,
    Posted(wish): Posted<SendForm>,
) -> Answer<Response> {
    let mut tx = site.database.begin().await?;
    let sent = gift_card::send_card(&site, &mut tx, &caller, id, &wish.email, &wish.message).await;
    let problem = match sent.map_err(Problem::from) {
        Ok(_) => {
            tx.commit().await?;
            return Ok(Redirect::to(&links::gift_card(id)).into_response());
        }
        Err(problem) if problem.status.is_server_error() || problem.code == "not_found" => return Err(problem),
        Err(problem) => problem,
    };
    drop(tx);
    let form = Form::with([("email", wish.email), ("message", wish.message)]).refused(&problem);
    match SendCard::of(&site, &caller, id, form).await? {
        Some(page) => frame.answer_as(problem.status, &page),
        None => Ok(Redirect::to(&links::gift_card(id)).into_response()),
    }
}

/// `POST /account/gift-cards/{id}/transfer/return`
pub(crate) async fn take_back(
    State(site): State<Site>,
    SignedIn(caller): SignedIn,
    Path(id): Path<GiftCardId>,
    _: Posted<NoFields>,
) -> Answer<Redirect> {
    let mut tx = site.database.begin().await?;
    gift_card::take_card_back(&site, &mut tx, &caller, id).await?;
    tx.commit().await?;
    Ok(Redirect::to(&links::gift_card(id)))
}

impl SendCard {
    /// The page, if the card can be sent.
    async fn of(site: &Site, caller: &Caller, id: GiftCardId, form: Form) -> Answer<Option<Self>> {
        let visible = load_visible(&mut *site.database.acquire().await?, caller, id).await?;
        if visible.side != CardSide::Holder {
            return Err(GiftCardsError::NotFound.into());
        }
        let card = CardPresenter { seen: &visible.seen, sender: None, now: site.clock.now() };
        let may_send = visible.seen.card.kind.is_transferable() && card.status().tone == "ok";
        Ok(may_send.then(|| Self::drawn(&card, &caller.display_name, form)))
    }

    fn drawn(card: &CardPresenter<'_>, sender: &str, form: Form) -> Self {
        let id = card.seen.card.id;
        // Its code will be another one.
        let art = CardArt { name: Some(sender.to_owned()), message: None, code: None, ..card.art() };
        Self {
            art,
            balance: card.seen.card.balance.to_string(),
            until: card.until(),
            back: links::gift_card(id),
            action: links::card_transfer(id),
            form,
            message_max: MESSAGE_CHARACTERS_MAX,
        }
    }
}

impl Template for SendCard {
    const TEMPLATE: &'static str = "pages/gift_cards/transfer.html";

    fn samples() -> Vec<(&'static str, Self)> {
        let seen = samples::gifts::card(0x4702, CardKind::Platform, 150, 150);
        let card = CardPresenter { seen: &seen, sender: None, now: samples::now() };
        let page = |form| Self::drawn(&card, "Noor Haddad", form);
        let typed = || [("email", "ines@".to_owned()), ("message", "For your launch, see www.example.test".to_owned())];
        let faulty = Form::with(typed())
            .fault("email", "This should be an e-mail address, such as name@example.org.")
            .fault("message", "Leave links out: the card comes with the only one that it needs.");
        let problem = "$60.00 of this card is set aside for a payment that is under way. Wait until that ends, or cancel it, then send the card.";
        let held =
            Form { problem: Some(problem.to_owned()), ..Form::with([("email", "ines@example.test".to_owned())]) };
        vec![("plain", page(Form::default())), ("faulty", page(faulty)), ("held", page(held))]
    }
}
