//! Tạm dừng, ngắt kết nối: orders that stop a system, an organisation or one account, and the way back.
use crate::act::{Act, Opening};
use crate::content::{Content, hidden};
use crate::deed::Deed;
use crate::document::{Prepared, Upload};
use crate::governance::{Done, Governance};
use crate::kind::{Kind, State, Step};
use crate::matter::Matter;
use crate::notice::{Named, Notice, named};
use crate::{GovernanceError, rows};
use dancu_citizen::CivilDate;
use dancu_keys::KeyRing;
use dancu_policy::duty::Action;
use dancu_policy::{AccountState, OrganisationState, SystemState};
use dancu_storage::Tx;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Who is stopped, by id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Target {
    /// A system
    System(String),
    /// An organisation with all its systems
    Organisation(String),
    /// One account
    Account(String),
}

/// How.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HaltAction {
    /// Tạm dừng: an account is locked
    Suspend,
    /// Ngắt kết nối: an account is closed for good
    Disconnect,
}

/// An order to stop.
#[derive(Clone, PartialEq, Eq)]
pub struct Order {
    /// Who
    pub target: Target,
    /// How
    pub action: HaltAction,
    /// Why: see `reason` in `data/reasons.toml`
    pub reason: String,
    /// Number of the order, as its paper has it
    pub number: String,
    /// Last day for the remedy, if another than the reason gives
    pub remedy_by: Option<CivilDate>,
}

/// An order with what followed from it: the content of a matter of this kind.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Halt {
    /// Who was stopped
    pub target: Target,
    /// How
    pub action: HaltAction,
    /// Why
    pub reason: String,
    /// Number of the order
    pub number: String,
    /// Version of the rules that calls are judged by from which on it holds; none of orders before that was kept
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rules_version: Option<i64>,
    /// What the organisation was told
    pub notice: Notice,
}

hidden! { Order Halt }

impl HaltAction {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Suspend => "suspend",
            Self::Disconnect => "disconnect",
        }
    }
}

impl Target {
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::System(_) => "system",
            Self::Organisation(_) => "organisation",
            Self::Account(_) => "account",
        }
    }

    /// Id of the system, of the account, as a matter names them; none of an organisation.
    fn ids(&self) -> (Option<&str>, Option<&str>) {
        match self {
            Self::System(id) => (Some(id), None),
            Self::Account(id) => (None, Some(id)),
            Self::Organisation(_) => (None, None),
        }
    }

    /// Action that stopping it needs.
    pub fn duty(&self, action: HaltAction) -> Action {
        match (self, action) {
            (Self::System(_), HaltAction::Suspend) => Action::ConnectionSuspend,
            (Self::System(_), HaltAction::Disconnect) => Action::ConnectionDisconnect,
            (Self::Organisation(_), _) => Action::OrganisationSuspend,
            (Self::Account(_), HaltAction::Suspend) => Action::AccountLock,
            (Self::Account(_), HaltAction::Disconnect) => Action::AccountClose,
        }
    }

    /// Action that letting it go again needs.
    pub fn lifting_duty(&self, action: HaltAction) -> Action {
        match (self, action) {
            (Self::System(_), HaltAction::Suspend) => Action::ConnectionResume,
            (Self::System(_), HaltAction::Disconnect) => Action::ConnectionReconnect,
            (Self::Organisation(_), _) => Action::OrganisationResume,
            (Self::Account(_), _) => Action::AccountUnlock,
        }
    }
}

/// The action that a step of an order needs, by whom the order is about.
pub(crate) fn duty(halt: &Matter, usual: Action) -> Action {
    match (usual, halt.account.is_some(), halt.system.is_some()) {
        (Action::ConnectionResume, true, _) => Action::AccountUnlock,
        (Action::ConnectionResume, false, false) => Action::OrganisationResume,
        _ => usual,
    }
}

impl Governance {
    /// Stops a system, an organisation or an account, in the same transaction for every call and for the connection's
    /// history; gives the order's matter and what the organisation is to be told.
    ///
    /// # Errors
    ///
    /// `Impossible` when it is stopped so already or was never live; `DocumentMissing` when a person brings no order.
    pub fn order(
        &self,
        order: &Order,
        uploads: &[Upload<'_>],
        deed: Deed<'_>,
    ) -> Result<(Matter, Notice), GovernanceError> {
        let files = self.keep(uploads, deed)?;
        let named = self.named(&order.target)?;
        self.act("governance.order", deed, |act| act.order(order, &named, &files))
    }

    /// As `order`, of a rule and without papers; none when an order of this number was given about this target before,
    /// whatever has become of it since.
    pub fn order_once(
        &self,
        order: &Order,
        deed: Deed<'_>,
    ) -> Result<Option<(Matter, Notice)>, GovernanceError> {
        let named = self.named(&order.target)?;
        self.act("governance.order_once", deed, |act| {
            let ring = &self.ring;
            if is_given(act.tx(), ring, &named.organisation, &order.target, &order.number)? {
                return Ok(None);
            }
            act.order(order, &named, &[]).map(Some)
        })
    }

    /// Whether an order of this number was given about a target, whatever has become of it since.
    pub fn was_ordered(&self, target: &Target, number: &str) -> Result<bool, GovernanceError> {
        let named = self.named(target)?;
        self.store.read("governance.was_ordered", |tx| {
            is_given(tx, &self.ring, &named.organisation, target, number)
        })
    }

    fn named(&self, target: &Target) -> Result<Named, GovernanceError> {
        named(&self.exchange.snapshot().rules, target)
    }
}

/// Numbers of orders are sealed: the few about one target are opened.
fn is_given(
    tx: &mut Tx<'_>,
    ring: &KeyRing,
    organisation: &str,
    target: &Target,
    number: &str,
) -> Result<bool, GovernanceError> {
    let sql = rows::select_matter!(
        "WHERE organisation = $1 AND kind = 'halt' AND COALESCE(system, '') = $2 AND COALESCE(account, '') = $3
         ORDER BY opened_at_us, id"
    );
    let (system, account) = target.ids();
    let parameters =
        [rows::text(organisation), system.unwrap_or_default().into(), account.unwrap_or_default().into()];
    for row in tx.query(sql, &parameters)? {
        let given = rows::newest(tx, ring, &rows::matter(&row)?)?;
        if matches!(given, Content::Halt(halt) if halt.number == number.trim()) {
            return Ok(true);
        }
    }
    Ok(false)
}

impl Act<'_, '_, '_> {
    fn order(&mut self, order: &Order, named: &Named, files: &[Prepared]) -> Done<(Matter, Notice)> {
        let (mut halt, label, deadline_us) = self.halt(order, named)?;
        self.stop(order, &label)?;
        // What this transaction changes counts the version up by one.
        halt.rules_version = Some(self.change.version()? + 1);
        let (system, account) = order.target.ids();
        let opening = Opening {
            organisation: &named.organisation,
            system,
            account,
            label: named.label.clone(),
            deadline_us: Some(deadline_us),
            files,
            ..Opening::default()
        };
        let notice = halt.notice.clone();
        let matter = self.open(&Content::Halt(Box::new(halt)), &opening)?;
        Ok((matter, notice))
    }

    fn stop(&mut self, order: &Order, label: &str) -> Done<()> {
        match &order.target {
            Target::System(id) => {
                let state = self.change.system_state(id)?;
                let live = matches!(state, Some(SystemState::Connected | SystemState::Suspended));
                if !live {
                    return Err(GovernanceError::Impossible("the system is not connected"));
                }
                self.stop_system(id, order.action, label)
            }
            Target::Organisation(id) => {
                let state = self.change.organisation_state(id)?;
                if !matches!(state, Some(OrganisationState::Active | OrganisationState::Suspended)) {
                    return Err(GovernanceError::Impossible("the organisation is not active"));
                }
                self.change.set_organisation_state(id, OrganisationState::Suspended)?;
                if order.action == HaltAction::Disconnect {
                    for system in self.change.systems_of(id)? {
                        let state = self.change.system_state(&system)?;
                        if matches!(state, Some(SystemState::Connected | SystemState::Suspended)) {
                            self.stop_system(&system, HaltAction::Disconnect, label)?;
                        }
                    }
                }
                Ok(())
            }
            Target::Account(id) => {
                let state = self.change.account_state(id)?;
                if !matches!(state, Some(AccountState::Active | AccountState::Locked)) {
                    return Err(GovernanceError::Impossible("the account is closed"));
                }
                let stopped = match order.action {
                    HaltAction::Suspend => AccountState::Locked,
                    HaltAction::Disconnect => AccountState::Closed,
                };
                Ok(self.change.set_account_state(id, stopped)?)
            }
        }
    }

    /// Stops a system, and takes the step of its connection.
    fn stop_system(&mut self, system: &str, action: HaltAction, label: &str) -> Done<()> {
        let (state, step) = match action {
            HaltAction::Suspend => (SystemState::Suspended, Step::Suspend),
            HaltAction::Disconnect => (SystemState::Disconnected, Step::Disconnect),
        };
        self.change.set_system_state(system, state, Some(label))?;
        for mut connection in rows::of_system(self.tx(), system, Kind::Connection)? {
            let stops = match action {
                HaltAction::Suspend => connection.state == State::Connected,
                HaltAction::Disconnect => matches!(connection.state, State::Connected | State::Suspended),
            };
            if stops {
                self.follow(&mut connection, step)?;
            }
        }
        Ok(())
    }

    fn halt_of(&mut self, matter: &Matter) -> Done<Halt> {
        match self.newest(matter)? {
            Content::Halt(halt) => Ok(*halt),
            _ => Err(GovernanceError::damaged("governance_content", &matter.id, "not an order")),
        }
    }

    /// A disconnected system with a connection comes back by assessment and approval, a closed account not at all.
    pub(crate) fn may_lift(&mut self, matter: &mut Matter) -> Done<()> {
        let halt = self.halt_of(matter)?;
        match (&halt.target, halt.action) {
            (Target::Account(_), HaltAction::Disconnect) => {
                Err(GovernanceError::Impossible("a closed account stays closed"))
            }
            (Target::System(system), HaltAction::Disconnect)
                if !rows::of_system(self.tx(), system, Kind::Connection)?.is_empty() =>
            {
                Err(GovernanceError::Impossible(
                    "the way back of a disconnected system is assessment and approval",
                ))
            }
            _ => Ok(()),
        }
    }

    /// Lets go what the order stopped, unless another order still stops it.
    pub(crate) fn lifted(&mut self, matter: &mut Matter) -> Done<()> {
        let halt = self.halt_of(matter)?;
        if self.is_stopped_otherwise(matter)? {
            return Ok(());
        }
        match &halt.target {
            Target::Account(id) => {
                if self.change.account_state(id)? == Some(AccountState::Locked) {
                    self.change.set_account_state(id, AccountState::Active)?;
                }
            }
            Target::Organisation(id) => {
                if self.change.organisation_state(id)? == Some(OrganisationState::Suspended) {
                    self.change.set_organisation_state(id, OrganisationState::Active)?;
                }
            }
            Target::System(id) => {
                let state = self.change.system_state(id)?;
                let stopped = match halt.action {
                    HaltAction::Suspend => SystemState::Suspended,
                    HaltAction::Disconnect => SystemState::Disconnected,
                };
                if state == Some(stopped) {
                    self.change.set_system_state(id, SystemState::Connected, None)?;
                }
                for mut connection in rows::of_system(self.tx(), id, Kind::Connection)? {
                    if connection.state == State::Suspended {
                        self.follow(&mut connection, Step::Resume)?;
                    }
                }
            }
        }
        Ok(())
    }

    /// Orders against the same target that stand.
    fn standing(&mut self, like: &Matter) -> Done<Vec<Matter>> {
        let sql = rows::select_matter!(
            "WHERE organisation = $1 AND kind = 'halt' AND state IN ('in_force', 'remedied')
             AND COALESCE(system, '') = $2 AND COALESCE(account, '') = $3 ORDER BY opened_at_us, id"
        );
        let parameters = [
            rows::text(&like.organisation),
            like.system.as_deref().unwrap_or_default().into(),
            like.account.as_deref().unwrap_or_default().into(),
        ];
        self.tx().query(sql, &parameters)?.iter().map(rows::matter).collect()
    }

    fn is_stopped_otherwise(&mut self, matter: &Matter) -> Done<bool> {
        Ok(self.standing(matter)?.iter().any(|other| other.id != matter.id))
    }

    /// A system that is connected again was let go by whoever approved it: every order against it ends with that.
    pub(crate) fn end_orders(&mut self, connection: &Matter) -> Done<()> {
        let like = Matter { account: None, ..connection.clone() };
        for mut order in self.standing(&like)? {
            self.follow(&mut order, Step::Lift)?;
        }
        Ok(())
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (Self::System(id) | Self::Organisation(id) | Self::Account(id)) = self;
        write!(f, "{} {id}", self.kind())
    }
}
