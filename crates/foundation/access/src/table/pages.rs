//! Pages and forms of the site.

use kernel::Role;

use crate::{Entry, Guard, Policy, Priority, Rate};

/// Those of our staff who see every balance.
const ADMIN: Policy = Policy::Roles(&[Role::Admin]);
/// Our staff.
const STAFF: Policy = Policy::Roles(&[Role::Support, Role::Admin]);

entries! {
    /// The home page.
    HOME = Entry::get("/", Policy::Public);
    /// Search results with facets.
    DISCOVER = Entry::get("/discover", Policy::Public).rate(Rate::Search);
    /// One category.
    CATEGORY = Entry::get("/categories/{slug}", Policy::Public).rate(Rate::Search);
    /// A celebrity with offerings and free times.
    CELEBRITY = Entry::get("/celebrities/{slug}", Policy::Public);
    /// Why results stand in the order they do.
    RANKING = Entry::get("/help/ranking", Policy::Public);
    /// `/robots.txt`.
    ROBOTS = Entry::get("/robots.txt", Policy::Public);
    /// `/favicon.ico`, which redirects to the icon.
    FAVICON = Entry::get("/favicon.ico", Policy::Public);

    /// Booking, first step: a free time.
    BOOK = Entry::get("/book/{offering}", Policy::Public);
    /// Booking, second step: what it is for.
    BRIEF = Entry::get("/book/{offering}/brief", Policy::Public);
    /// Stores the brief in a cookie of the visitor's browser.
    BRIEF_KEEP = Entry::post("/book/{offering}/brief", Policy::Public);
    /// Booking, last step: a review of everything.
    REVIEW = Entry::get("/book/{offering}/review", Policy::Verified);
    /// Places the booking and holds its time.
    PLACE = Entry::post("/book/{offering}", Policy::Verified);

    /// The dashboard: what the person has to do.
    DASHBOARD = Entry::get("/dashboard", Policy::SignedIn);
    /// The person's bookings.
    BOOKINGS = Entry::get("/bookings", Policy::SignedIn);
    /// One booking with what happened and what happens when.
    BOOKING = Entry::get("/bookings/{id}", Policy::SignedIn).guard(Guard::Booking);
    /// Paying for it.
    CHECKOUT = Entry::get("/bookings/{id}/checkout", Policy::SignedIn).guard(Guard::Booking);
    /// Charges the card.
    CHECKOUT_PAY = Entry::post("/bookings/{id}/checkout", Policy::Verified).guard(Guard::Booking).priority(Priority::First);
    /// Sets a gift card or credit aside for it.
    CHECKOUT_APPLY = Entry::post("/bookings/{id}/checkout/applied", Policy::Verified).guard(Guard::Booking).priority(Priority::First);
    /// Takes one of these back.
    CHECKOUT_WITHDRAW = Entry::post("/bookings/{id}/checkout/withdrawn", Policy::Verified).guard(Guard::Booking).priority(Priority::First);
    /// Pays with what is set aside, where that covers the price.
    CHECKOUT_COVERED = Entry::post("/bookings/{id}/checkout/covered", Policy::Verified).guard(Guard::Booking).priority(Priority::First);
    /// Buying a gift card: whoever is not signed in looks at it.
    GIFT_SHOP = Entry::get("/gift-cards", Policy::Public);
    /// Orders it.
    GIFT_SHOP_ORDER = Entry::post("/gift-cards", Policy::Verified);
    /// A card that is being bought.
    GIFT_ORDER = Entry::get("/gift-cards/{id}", Policy::SignedIn).guard(Guard::GiftCardOrder);
    /// Pays it by card.
    GIFT_ORDER_PAY = Entry::post("/gift-cards/{id}", Policy::Verified).guard(Guard::GiftCardOrder).priority(Priority::First);
    /// Mails it again, with a new code.
    GIFT_ORDER_DELIVER = Entry::post("/gift-cards/{id}/deliveries", Policy::Verified).guard(Guard::GiftCardOrder);
    /// Returns it unused.
    GIFT_ORDER_RETURN = Entry::post("/gift-cards/{id}/return", Policy::Verified).guard(Guard::GiftCardOrder);
    /// The exact refund, before anything is cancelled.
    CANCELLATION = Entry::get("/bookings/{id}/cancellation", Policy::SignedIn).guard(Guard::Booking);
    /// Cancels, and pays back what was shown.
    CANCEL = Entry::post("/bookings/{id}/cancellation", Policy::SignedIn).guard(Guard::Booking);
    /// The sandbox bank's page that authenticates the payer (3-D Secure); whoever has its address is the payer.
    SANDBOX_CARD = Entry::get("/sandbox/cards/{reference}", Policy::Public);
    /// The payer's answer on that page.
    SANDBOX_CARD_ANSWER = Entry::post("/sandbox/cards/{reference}", Policy::Public);

    /// Log-in form.
    LOGIN_FORM = Entry::get("/login", Policy::Public);
    /// Opens a browser session.
    LOGIN = Entry::post("/login", Policy::Public).rate(Rate::Login).known_devices_pass();
    /// Where the code of the authenticator app is asked for.
    LOGIN_CODE_FORM = Entry::get("/login/code", Policy::Public);
    /// Opens the session with it.
    LOGIN_CODE = Entry::post("/login/code", Policy::Public).rate(Rate::Login).known_devices_pass();
    /// Opens a browser session with a passkey.
    LOGIN_PASSKEY = Entry::post("/login/passkey", Policy::Public);
    /// Ends it.
    LOGOUT = Entry::post("/logout", Policy::Public);
    /// Registration form.
    REGISTER_FORM = Entry::get("/register", Policy::Public);
    /// Makes an account and mails the link that verifies its address.
    REGISTER = Entry::post("/register", Policy::Public).rate(Rate::Register);
    /// Asks for a link that sets a new password.
    FORGOT_FORM = Entry::get("/forgot", Policy::Public);
    /// Mails that link.
    FORGOT = Entry::post("/forgot", Policy::Public).rate(Rate::Recovery);
    /// Where that link leads.
    RESET_FORM = Entry::get("/reset", Policy::Public);
    /// Sets the new password.
    RESET = Entry::post("/reset", Policy::Public);
    /// Where the link that verifies an address leads.
    VERIFY_FORM = Entry::get("/verify", Policy::Public);
    /// Verifies the address.
    VERIFY = Entry::post("/verify", Policy::Public).rate(Rate::Login);
    /// Mails that link again.
    VERIFY_MAIL = Entry::post("/verify/mail", Policy::SignedIn).rate(Rate::Recovery).before_second_factor();

    /// Name, time zone, password.
    ACCOUNT = Entry::get("/account", Policy::SignedIn).before_second_factor();
    /// Changes name and time zone.
    ACCOUNT_SAVE = Entry::post("/account", Policy::SignedIn);
    /// Changes the password.
    PASSWORD = Entry::post("/account/password", Policy::SignedIn).rate(Rate::Login).before_second_factor();
    /// Where the person is signed in.
    SESSIONS = Entry::get("/account/sessions", Policy::SignedIn).before_second_factor();
    /// Ends one of those.
    SESSION_END = Entry::post("/account/sessions/{id}/end", Policy::SignedIn).guard(Guard::Session).before_second_factor();
    /// Ends all but this one.
    SESSIONS_END = Entry::post("/account/sessions/end-others", Policy::SignedIn).before_second_factor();

    /// Password, authenticator app and recovery codes.
    SECURITY = Entry::get("/account/security", Policy::SignedIn).before_second_factor();
    /// Begins to set up an authenticator app.
    APP_BEGIN = Entry::post("/account/security/app", Policy::Verified).rate(Rate::Login).before_second_factor();
    /// Turns it on and shows the recovery codes, only now.
    APP_CONFIRM = Entry::post("/account/security/app/confirmation", Policy::Verified).rate(Rate::Login).before_second_factor();
    /// Removes it.
    APP_END = Entry::post("/account/security/app/end", Policy::SignedIn).rate(Rate::Login);
    /// Replaces the recovery codes and shows them, only now.
    RECOVERY_CODES = Entry::post("/account/security/codes", Policy::SignedIn).rate(Rate::Login);

    /// The person's passkeys.
    PASSKEYS = Entry::get("/account/passkeys", Policy::SignedIn).before_second_factor();
    /// Adds the one that a device made.
    PASSKEY_ADD = Entry::post("/account/passkeys", Policy::Verified).before_second_factor();
    /// Removes one of those.
    PASSKEY_REMOVE = Entry::post("/account/passkeys/{id}/end", Policy::SignedIn).guard(Guard::Passkey).rate(Rate::Login);

    /// The person's API keys.
    API_KEYS = Entry::get("/account/keys", Policy::SignedIn);
    /// Makes a key and shows it, only now.
    API_KEY_CREATE = Entry::post("/account/keys", Policy::Verified).rate(Rate::Login);
    /// Ends one of those.
    API_KEY_END = Entry::post("/account/keys/{id}/end", Policy::SignedIn).guard(Guard::ApiKey);

    /// External calendars of the celebrity.
    CALENDARS = Entry::get("/account/calendars", Policy::SignedIn);
    /// Adds one.
    CALENDAR_ADD = Entry::post("/account/calendars", Policy::Verified);
    /// Reads one now.
    CALENDAR_READ = Entry::post("/account/calendars/{id}/reading", Policy::SignedIn).guard(Guard::Calendar);
    /// Removes one.
    CALENDAR_REMOVE = Entry::post("/account/calendars/{id}/end", Policy::SignedIn).guard(Guard::Calendar);

    /// The person's gift cards and credit.
    GIFT_CARDS = Entry::get("/account/gift-cards", Policy::SignedIn);
    /// What became of the credit.
    CREDIT = Entry::get("/account/credit", Policy::SignedIn);
    /// One of those cards.
    GIFT_CARD = Entry::get("/account/gift-cards/{id}", Policy::SignedIn).guard(Guard::GiftCard);
    /// The form that sends it to somebody.
    CARD_TRANSFER = Entry::get("/account/gift-cards/{id}/transfer", Policy::SignedIn).guard(Guard::GiftCard);
    /// Sends it.
    CARD_SEND = Entry::post("/account/gift-cards/{id}/transfer", Policy::Verified).guard(Guard::GiftCard);
    /// Takes it back.
    CARD_TAKE_BACK = Entry::post("/account/gift-cards/{id}/transfer/return", Policy::SignedIn).guard(Guard::GiftCard);
    /// Shows the card that a code opens.
    CLAIM_FORM = Entry::get("/claim", Policy::Public).rate(Rate::GiftCode);
    /// Claims it.
    CLAIM = Entry::post("/claim", Policy::Verified).rate(Rate::GiftCode);
    /// Keeps a typed code in a cookie of the visitor's browser.
    CLAIM_CODE = Entry::post("/claim/code", Policy::Public);
    /// The card that a code opens, to print.
    CLAIM_PRINT = Entry::get("/claim/card", Policy::Public).rate(Rate::GiftCode);

    /// Batches of gift cards, and the form that issues one.
    CARD_BATCHES = Entry::get("/staff/gift-cards", ADMIN);
    /// Issues one.
    CARD_BATCH_ISSUE = Entry::post("/staff/gift-cards", ADMIN);
    /// One batch.
    CARD_BATCH = Entry::get("/staff/gift-cards/batches/{id}", ADMIN);
    /// Stops its cards, or lets them go on.
    CARD_BATCH_STOP = Entry::post("/staff/gift-cards/batches/{id}", ADMIN);
    /// One card, for staff.
    CARD_OF_BATCH = Entry::get("/staff/gift-cards/cards/{id}", STAFF);
    /// Stops it, or lets it go on.
    CARD_STOP = Entry::post("/staff/gift-cards/cards/{id}", STAFF);
    /// What all cards and all credit hold.
    LIABILITY = Entry::get("/staff/gift-cards/liability", ADMIN);

    /// Refunds beyond the policy, and the form that asks for one.
    STAFF_REFUNDS = Entry::get("/staff/refunds", STAFF);
    /// Asks for one.
    STAFF_REFUND_ASK = Entry::post("/staff/refunds", STAFF);
    /// Approves or declines it.
    STAFF_REFUND_DECIDE = Entry::post("/staff/refunds/{id}", STAFF);

    /// What banks took back.
    CHARGEBACKS = Entry::get("/staff/chargebacks", STAFF);
    /// Closes one of these cases.
    CHARGEBACK_CLOSE = Entry::post("/staff/chargebacks/{id}", STAFF);

    /// Keeps the chosen theme.
    THEME = Entry::post("/theme", Policy::Public);
    /// Kept mails, in development.
    MAILBOX = Entry::get("/mailbox", Policy::Public);
    /// One kept mail, in development.
    MAIL = Entry::get("/mailbox/{id}", Policy::Public);
    /// The file that goes with it, in development.
    MAIL_FILE = Entry::get("/mailbox/{id}/file", Policy::Public);
    /// Samples of all pages, in development.
    GALLERY = Entry::get("/gallery", Policy::Public);
    /// One sample, in development.
    GALLERY_PAGE = Entry::get("/gallery/pages/{side}/{area}/{page}/{sample}", Policy::Public);
    /// Portraits of the samples, in development.
    GALLERY_PORTRAIT = Entry::get("/gallery/portraits/{file}", Policy::Public);
    /// The built front end.
    ASSETS = Entry::machine("/assets/{*file}");
}
