SELECT id AS "id: BookingId", reference, customer_id AS "customer_id: PersonId", celebrity_id AS "celebrity_id: CelebrityId",
  offering_id AS "offering_id: OfferingId", kind AS "kind: OfferingKind", mode AS "mode: BookingMode", status AS "status: Status",
  payment_status AS "payment_status: PaymentStatus", fulfilment_status AS "fulfilment_status: FulfilmentStatus",
  cancelled_by AS "cancelled_by: CancelledBy", title, starts_at, ends_at, starts_local, time_zone, customer_time_zone,
  buffer_before_minutes, buffer_after_minutes, deliver_by, brief, price_minor, service_fee_minor, tax_minor,
  currency AS "currency: Currency", commission_bps, policy AS "policy: Json<CancellationPolicy>",
  hold_expires_at, open_deadlines(id) AS "due!: Json<Vec<OpenDeadline>>", redo_count, version, created_at, updated_at, confirmed_at
FROM bookings WHERE id = ANY($1)
