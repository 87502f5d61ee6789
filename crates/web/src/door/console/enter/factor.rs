//! The second factor.
use super::caller::Caller;
use super::{Answer, code_input, page, passkey_ask, status};
use crate::door::form::{Sent, value};
use crate::pages::console::DoorPage;
use crate::parts::{Act, Control, Input, Notice, Tone, Typed};
use axum::extract::Form;
use dancu_keys::Secret;
use dancu_staff::{Factors, Holder, Proof, SignIn, StaffError, Step};

/// What the account can prove itself with, each a form: the passkey first, for it is the safest.
async fn factors(caller: &Caller, attempt: &Secret, has: Factors, wrong: Option<String>) -> Answer {
    let t = caller.shell.texts();
    let csrf = caller.csrf(attempt);
    let status = status(wrong.as_ref());
    let mut acts = Vec::new();
    if has.passkeys > 0 {
        let asked = attempt.clone();
        let asking =
            caller.ask(move |staff, _, now_us| staff.passkey_challenge(Holder::Attempt(&asked), now_us));
        match asking.await? {
            Ok(challenge) => acts.push(
                Act::new("passkey", t.t("door-passkey-title"), "/sign-in/passkey", &csrf)
                    .lead(t.t("door-passkey-lead"))
                    .passkey(passkey_ask(t, "get", &challenge))
                    .button(t.t("door-passkey-use"), ""),
            ),
            Err(error) => return Err(caller.broken(&error)),
        }
    }
    let notice = wrong.clone().filter(|_| !has.totp).map(|wrong| Notice::new(Tone::Bad, wrong, ""));
    if has.totp {
        let title = if acts.is_empty() { "".into() } else { t.t("door-code-title") };
        let code = Act::new("factor", title, "/sign-in/factor", &csrf)
            .with(Control::Input(code_input(t, "code", wrong)))
            .button(t.t("door-continue"), "code");
        acts.push(code);
    }
    if has.recovery > 0 {
        let input = Input { max: 40, ..Input::new(t, "recovery", "door-recovery", &Typed::default()) };
        let act = Act::new("recovery-form", t.t("door-recovery-title"), "/sign-in/factor", &csrf)
            .with(Control::Input(input))
            .button(t.t("door-continue"), "recovery");
        acts.push(act.folded());
    }
    let lead = if has.totp { "door-factor-lead" } else { "door-factor-lead-passkey" };
    let door = DoorPage { notice, ..DoorPage::new(caller.shell.clone(), "door-factor-title", lead, &csrf) };
    Ok(page(door, status, acts))
}

pub(super) async fn show(caller: Caller) -> Answer {
    let attempt = caller.attempt()?;
    match caller.step(&attempt).await? {
        Ok(Step::SecondFactor(has)) => factors(&caller, &attempt, has, None).await,
        Ok(step) => caller.goes_on(SignIn::Next { attempt, step }).await,
        Err(response) => Ok(response),
    }
}

pub(super) async fn proved(caller: Caller, Form(sent): Form<Sent>) -> Answer {
    let attempt = caller.attempt()?;
    caller.own_form(&attempt, &sent)?;
    let asked = attempt.clone();
    let code = value(&sent, "code").replace(' ', "");
    let recovery = Secret::new(value(&sent, "recovery").to_owned());
    let by_code = value(&sent, "act") != "recovery";
    let answered = caller.ask(move |staff, visitor, now_us| {
        let proof = if by_code { Proof::Totp(&code) } else { Proof::Recovery(&recovery) };
        staff.second_factor(&asked, &proof, visitor, now_us)
    });
    answer(&caller, attempt, answered.await?).await
}

/// The answer of a passkey.
pub(super) async fn by_passkey(caller: Caller, Form(sent): Form<Sent>) -> Answer {
    let attempt = caller.attempt()?;
    caller.own_form(&attempt, &sent)?;
    let asked = attempt.clone();
    let (ceremony, response) = (value(&sent, "ceremony").to_owned(), value(&sent, "answer").to_owned());
    let answered = caller.ask(move |staff, visitor, now_us| {
        let proof = Proof::Passkey { ceremony: &ceremony, response: &response };
        staff.second_factor(&asked, &proof, visitor, now_us)
    });
    answer(&caller, attempt, answered.await?).await
}

async fn answer(caller: &Caller, attempt: Secret, answered: Result<SignIn, StaffError>) -> Answer {
    let error = match answered {
        Ok(goes_on) => return caller.goes_on(goes_on).await,
        Err(error) => error,
    };
    let wrong = caller.wrong(&error)?;
    caller.who.misproved(&attempt).await;
    match caller.step(&attempt).await? {
        Ok(Step::SecondFactor(has)) => factors(caller, &attempt, has, Some(wrong)).await,
        Ok(step) => caller.goes_on(SignIn::Next { attempt, step }).await,
        Err(response) => Ok(response),
    }
}
