//! The forms that change what is applied on the checkout, and the one that pays with it alone.

use accounts::Caller;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use entry::{Answer, Path, Problem, SignedIn, Site};
use kernel::{BookingId, GiftCardId, LegId};
use payments::{Leg, Payment, PaymentsError};
use serde::Deserialize;
use site::links;
use workflows::WorkflowError;
use workflows::payment::{
    AppliedValue, TenderStep, apply as set_aside, card_of, pay_applied, prepare, withdraw as take_back,
};

use super::pay::{again, next, own, refused_form};
use crate::kit::extract::Posted;
use crate::kit::frame::Frame;

/// What the form of a gift card or of credit sends, and the one that puts back on what came off.
#[derive(Debug, Deserialize)]
pub(crate) struct ChosenValue {
    #[serde(default)]
    gift_card: Option<GiftCardId>,
    #[serde(default)]
    what_came_off: Option<String>,
}

/// What the form of an applied part sends.
#[derive(Debug, Deserialize)]
pub(crate) struct Withdrawn {
    leg: LegId,
}

/// What the form of a covered price sends.
#[derive(Debug, Deserialize)]
pub(crate) struct Confirmed {
    /// What the button said.
    #[serde(default)]
    expected_minor: Option<i64>,
}

/// `POST /bookings/{id}/checkout/applied`
pub(crate) async fn apply(
    State(site): State<Site>,
    frame: Frame,
    SignedIn(caller): SignedIn,
    Path(id): Path<BookingId>,
    Posted(chosen): Posted<ChosenValue>,
) -> Answer<Response> {
    let parts = match chosen {
        ChosenValue { what_came_off: Some(_), .. } => what_came_off(&site, &caller, id).await?,
        ChosenValue { gift_card, .. } => vec![(gift_card.map_or(AppliedValue::Credit, AppliedValue::GiftCard), None)],
    };
    let applied = async {
        for (value, amount_minor) in &parts {
            prepare(&site, &caller, id, TenderStep::Apply(*value, *amount_minor)).await?;
        }
        let mut tx = site.database.begin().await?;
        for (value, amount_minor) in parts {
            set_aside(&site, &mut tx, &caller, id, value, amount_minor).await?;
        }
        Ok(tx.commit().await?)
    };
    match applied.await {
        Ok(()) => Ok(Redirect::to(&links::checkout(id)).into_response()),
        Err(error) => refused(&site, &frame, &caller, id, error).await,
    }
}

/// What a bank's refusal took off, each with how much of it. Nothing where it is back on already.
async fn what_came_off(site: &Site, caller: &Caller, id: BookingId) -> Answer<Vec<(AppliedValue, Option<i64>)>> {
    let mut connection = site.database.acquire().await?;
    own(&mut connection, caller, id).await?;
    let payment = payments::queries::payment_of(&mut connection, id).await?;
    let value = |leg: &Leg| card_of(leg).map_or(AppliedValue::Credit, AppliedValue::GiftCard);
    let parts = payment.iter().flat_map(Payment::legs_that_came_off);
    Ok(parts.map(|leg| (value(leg), Some(leg.share.amount_minor))).collect())
}

/// `POST /bookings/{id}/checkout/withdrawn`
pub(crate) async fn withdraw(
    State(site): State<Site>,
    frame: Frame,
    SignedIn(caller): SignedIn,
    Path(id): Path<BookingId>,
    Posted(withdrawn): Posted<Withdrawn>,
) -> Answer<Response> {
    let mut connection = site.database.acquire().await?;
    own(&mut connection, &caller, id).await?;
    let payment = payments::queries::payment_of(&mut connection, id).await?;
    drop(connection);
    let held = payment.filter(|payment| payment.leg(withdrawn.leg).is_ok());
    let Some(payment) = held else { return refused(&site, &frame, &caller, id, PaymentsError::NotHeld.into()).await };
    match take_back(&site, &caller, payment.intent.id, withdrawn.leg).await {
        Ok(_) => Ok(Redirect::to(&links::checkout(id)).into_response()),
        Err(error) => refused(&site, &frame, &caller, id, error).await,
    }
}

/// `POST /bookings/{id}/checkout/covered`
pub(crate) async fn pay_covered(
    State(site): State<Site>,
    frame: Frame,
    SignedIn(caller): SignedIn,
    Path(id): Path<BookingId>,
    Posted(Confirmed { expected_minor }): Posted<Confirmed>,
) -> Answer<Response> {
    let paid = async {
        prepare(&site, &caller, id, TenderStep::Pay).await?;
        let mut tx = site.database.begin().await?;
        let payment = pay_applied(&site, &mut tx, &caller, id, expected_minor).await?;
        tx.commit().await?;
        Ok(payment)
    };
    match paid.await {
        Ok(payment) => Ok(Redirect::to(&next(&site, id, &payment)).into_response()),
        Err(error) => refused(&site, &frame, &caller, id, error).await,
    }
}

/// The checkout with the reason, or another page where that says it better.
async fn refused(site: &Site, frame: &Frame, caller: &Caller, id: BookingId, error: WorkflowError) -> Answer<Response> {
    let to = match &error {
        WorkflowError::HoldLapsed => Some(links::checkout(id)),
        WorkflowError::Payments(PaymentsError::AlreadyPaid)
        | WorkflowError::Bookings(bookings::BookingsError::State { .. }) => Some(links::booking(id)),
        _ => None,
    };
    if let Some(to) = to {
        return Ok(Redirect::to(&to).into_response());
    }
    let problem = Problem::from(error);
    if problem.status.is_server_error() || problem.status == http::StatusCode::NOT_FOUND {
        return Err(problem);
    }
    again(site, frame, caller, id, refused_form(problem)).await
}
