-- no-transaction
-- Few at a time: cards that wait for the day on which they are mailed.
CREATE INDEX CONCURRENTLY gift_card_orders_undelivered ON gift_card_orders (coalesce(deliver_at, created_at))
  WHERE state = 'paid' AND recipient_email IS NOT NULL AND delivered_at IS NULL;
