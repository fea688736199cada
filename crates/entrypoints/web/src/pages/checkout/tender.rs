//! The forms that change what is applied on the checkout, and the one that pays with it alone.

use accounts::Caller;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use entry::{Answer, Path, Problem, SignedIn, Site};
use kernel::{BookingId, GiftCardId, LegId};
use payments::PaymentsError;
use serde::Deserialize;
use site::links;
use workflows::WorkflowError;
use workflows::payment::{AppliedValue, TenderStep, apply as set_aside, pay_applied, prepare, withdraw as take_back};

use super::pay::{again, next, own};
use crate::kit::extract::Posted;
use crate::kit::form::Form;
use crate::kit::frame::Frame;

/// What the form of a gift card or of credit sends.
#[derive(Debug, Deserialize)]
pub(crate) struct ChosenValue {
    #[serde(default)]
    gift_card: Option<GiftCardId>,
}

/// What the form of an applied part sends.
#[derive(Debug, Deserialize)]
pub(crate) struct Withdrawn {
    leg: LegId,
}

/// What the form of a covered price sends: nothing but its own protection.
#[derive(Debug, Deserialize)]
pub(crate) struct Confirmed {}

/// `POST /bookings/{id}/checkout/applied`
pub(crate) async fn apply(
    State(site): State<Site>,
    frame: Frame,
    SignedIn(caller): SignedIn,
    Path(id): Path<BookingId>,
    Posted(chosen): Posted<ChosenValue>,
) -> Answer<Response> {
    let value = chosen.gift_card.map_or(AppliedValue::Credit, AppliedValue::GiftCard);
    let applied = async {
        prepare(&site, &caller, id, TenderStep::Apply(value, None)).await?;
        let mut tx = site.database.begin().await?;
        set_aside(&site, &mut tx, &caller, id, value, None).await?;
        Ok(tx.commit().await?)
    };
    match applied.await {
        Ok(()) => Ok(Redirect::to(&links::checkout(id)).into_response()),
        Err(error) => refused(&site, &frame, &caller, id, error).await,
    }
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
    Posted(Confirmed {}): Posted<Confirmed>,
) -> Answer<Response> {
    let paid = async {
        prepare(&site, &caller, id, TenderStep::Pay).await?;
        let mut tx = site.database.begin().await?;
        let payment = pay_applied(&site, &mut tx, &caller, id).await?;
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
    again(site, frame, caller, id, Form::default().refused(&problem)).await
}
