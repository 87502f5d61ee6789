//! `/sign-in`: an officer signs in with an account of the registered list.
use crate::page::{Section, Shell};
use crate::parts::{ErrorSummary, Input, InputKind, Notice, Typed, summary_of};
use askama::Template;
use dancu_catalogue::Lang;

/// An account that the demo tells everybody.
#[derive(Clone)]
pub struct DemoAccount {
    /// Login
    pub login: String,
    /// Password
    pub password: String,
    /// Who it is and what the account may do
    pub note: String,
}

/// The sign-in page.
#[derive(Template)]
#[template(path = "pages/sign_in.html")]
pub struct SignInPage {
    /// What surrounds the page
    pub shell: Shell,
    /// Token against forged requests, from a cookie set with this page
    pub csrf: String,
    /// Where to go after signing in; a path of this site
    pub next: String,
    /// Login
    pub login: Typed,
    /// Password; its value is never sent back
    pub password: Typed,
    /// A message above the form: signed out, session expired
    pub notice: Option<Notice>,
    /// The demo's accounts; empty outside the demo
    pub accounts: Vec<DemoAccount>,
}

impl SignInPage {
    /// Pages for the tests and the gallery
    pub fn samples(lang: Lang) -> Vec<(&'static str, Self)> {
        let page = |login: Typed, password: Typed| Self {
            shell: Shell::sample(lang, "/sign-in", Section::Officer, false),
            csrf: "sample-token".to_owned(),
            next: "/officer".to_owned(),
            login,
            password,
            notice: None,
            accounts: demo_accounts(lang),
        };
        let wrong = match lang {
            Lang::Vi => "Tên đăng nhập hoặc mật khẩu không đúng.",
            Lang::En => "The login or the password is wrong.",
        };
        vec![
            ("sign-in", page(Typed::default(), Typed::default())),
            ("sign-in-wrong", page(Typed::new("binh.hongbang"), Typed::wrong("", wrong))),
        ]
    }

    fn summary(&self) -> Option<ErrorSummary> {
        let controls = [("login", &self.login.error), ("password", &self.password.error)];
        summary_of(self.shell.texts(), &controls)
    }

    fn login_input(&self) -> Input {
        Input {
            autocomplete: "username",
            max: 60,
            ..Input::new(self.shell.texts(), "login", "sign-in-login", &self.login).hint("sign-in-login-hint")
        }
    }

    fn password_input(&self) -> Input {
        let typed = Typed { value: String::new(), error: self.password.error.clone() };
        Input {
            autocomplete: "current-password",
            kind: InputKind::Password,
            max: 128,
            ..Input::new(self.shell.texts(), "password", "sign-in-password", &typed)
        }
    }
}

fn demo_accounts(lang: Lang) -> Vec<DemoAccount> {
    let notes = match lang {
        Lang::Vi => ["Cán bộ một cửa, được xác thực và tra cứu", "Cán bộ bệnh viện, chỉ được xác thực"],
        Lang::En => ["One-stop counter, may verify and look up", "Hospital, may verify only"],
    };
    ["binh.hongbang", "chau.benhvien"]
        .into_iter()
        .zip(notes)
        .map(|(login, note)| DemoAccount {
            login: login.to_owned(),
            password: "thu-nghiem-2026".to_owned(),
            note: note.to_owned(),
        })
        .collect()
}
