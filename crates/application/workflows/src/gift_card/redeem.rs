//! Turning the value of a card into credit. Calls that arrive together share their statements and their commit, so that one busy card is
//! not locked for a whole commit by each.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use accounts::Caller;
use database::group_commit::{Group, Outcomes, wait_at_most};
use database::{Connection, Database, Tx, idempotency};
use gift_cards::{CardChanges, CardCommand, GiftCard, GiftCardsError, commands};
use kernel::{Actor, GiftCardId, Money, PersonId};
use site::{Services, Site};

use crate::{AnswerTemplate, WorkflowError};

/// Groups the redemptions of this server.
struct RedeemCards(Site);

/// One redemption, with the template of its answer.
#[derive(Debug)]
struct Redemption {
    card: GiftCardId,
    by: PersonId,
    amount_minor: i64,
    template: AnswerTemplate<GiftCard>,
}

/// Turns `amount_minor` of the caller's card into their credit; the body of the answer. Other people's cards count as missing.
pub async fn redeem(
    site: &Site,
    caller: &Caller,
    card: GiftCardId,
    amount_minor: i64,
    template: AnswerTemplate<GiftCard>,
) -> Result<Vec<u8>, WorkflowError> {
    let redemption = Redemption { card, by: caller.id, amount_minor, template };
    site.group_commits.of::<RedeemCards>().submit(&Arc::new(RedeemCards(Arc::clone(site))), redemption).await
}

impl Group for RedeemCards {
    type Member = Redemption;
    /// The body of the answer.
    type Outcome = Vec<u8>;
    type Error = WorkflowError;
    /// The holder rather than the card: redemptions lock the holder's credit too, so those of two cards of one person would wait for each
    /// other.
    type LockKey = PersonId;

    fn database(&self) -> &Database {
        &self.0.database
    }

    fn lock_key(member: &Redemption) -> PersonId {
        member.by
    }

    /// The group's connection stays unused: several statements need a transaction, which has a connection of its own.
    async fn write(
        &self,
        _: &mut Connection,
        members: &[Redemption],
        patience: Duration,
        outcomes: &mut Outcomes<Vec<u8>, WorkflowError>,
    ) -> Result<(), WorkflowError> {
        let site = &*self.0;
        let mut tx = site.database.begin().await?;
        wait_at_most(&mut tx, patience).await?;
        let RedeemedGroup { done, refused } = redeem_all(site, &mut tx, members).await?;
        if done.is_empty() {
            tx.rollback().await?;
            refused.into_iter().for_each(|(index, refusal)| outcomes.record(index, Err(refusal)));
            return Ok(());
        }
        let answers = done.iter().map(|(index, body)| {
            let template = &members[*index].template;
            (&template.attempt, template.status, body.as_slice())
        });
        match idempotency::keep_all(&mut tx, answers, site.clock.now()).await {
            Err(error) if idempotency::is_used_key(&error) => return Err(WorkflowError::EarlierTry),
            kept => kept?,
        }
        tx.commit().await?;
        done.into_iter().for_each(|(index, body)| outcomes.record(index, Ok(body)));
        refused.into_iter().for_each(|(index, refusal)| outcomes.record(index, Err(refusal)));
        Ok(())
    }
}

/// What came of the members of a group, by their place. A refusal may rest on what members before it took, so it counts only once that
/// is committed.
#[derive(Default)]
struct RedeemedGroup {
    /// With the bodies of their answers.
    done: Vec<(usize, Vec<u8>)>,
    refused: Vec<(usize, WorkflowError)>,
}

/// Carries the redemptions out one after the other on locked cards.
async fn redeem_all(site: &Services, tx: &mut Tx, members: &[Redemption]) -> Result<RedeemedGroup, WorkflowError> {
    let now = site.clock.now();
    let ids: Vec<GiftCardId> = members.iter().map(|member| member.card).collect();
    let locked = commands::lock_all(tx, &ids).await?;
    let mut cards: BTreeMap<GiftCardId, GiftCard> = locked.into_iter().map(|card| (card.id, card)).collect();
    let (mut changes, mut group) = (CardChanges::default(), RedeemedGroup::default());
    for (index, member) in members.iter().enumerate() {
        let card = cards.get_mut(&member.card).filter(|card| card.holder == Some(member.by));
        let Some(card) = card else {
            group.refused.push((index, GiftCardsError::NotFound.into()));
            continue;
        };
        let amount = Money::new(member.amount_minor, card.balance.currency);
        let command = CardCommand::Redeem { id: site.chance.uuid(now), amount };
        match changes.carry_out(card, command, Actor::customer(member.by), None, now) {
            Ok(()) => group.done.push((index, (member.template.body)(card.clone(), now))),
            Err(refusal) => group.refused.push((index, refusal.into())),
        }
    }
    if !changes.is_empty() {
        commands::save(tx, &*site.chance, now, &changes).await?;
    }
    Ok(group)
}
