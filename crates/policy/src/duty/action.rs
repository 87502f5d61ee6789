//! What the console does, thing by thing.
use dancu_citizen::named;

named! {
    /// Kinds of thing. The first action of an area is to read it.
    Area {
        /// Connection requests, and the connections that come of them
        Connection = "connection",
        /// Organisations on record
        Organisation = "organisation",
        /// Officers' accounts on the road
        Account = "account",
        /// Daily quotas
        Quota = "quota",
        /// Account reviews and registration campaigns
        Campaign = "campaign",
        /// Alerts of the watch rules
        Alert = "alert",
        /// Watch rules
        Watch = "watch",
        /// Support tickets
        Ticket = "ticket",
        /// Error notices
        Notice = "notice",
        /// Inspections and operators' evaluations
        Inspection = "inspection",
        /// Secrets of connected systems
        Secret = "secret",
        /// Certificates of systems and workstations
        Certificate = "certificate",
        /// Accounts of staff
        Staff = "staff",
        /// The emergency account
        Emergency = "emergency",
        /// Cleaning jobs: an organisation's stock against the registry
        Cleaning = "cleaning",
        /// Figures of use
        Usage = "usage",
        /// Rules with dates
        Rule = "rule",
        /// What staff did, and the journal
        Audit = "audit",
    }
}

named! {
    /// Everything that the console does; the name is the area and the deed.
    Action {
        /// See requests and connections
        ConnectionRead = "connection.read",
        /// Fill in a request, attach papers, answer what was returned
        ConnectionWrite = "connection.write",
        /// Hand a request in
        ConnectionSubmit = "connection.submit",
        /// Take a request back
        ConnectionWithdraw = "connection.withdraw",
        /// Take a request up and hand over the technical documents
        ConnectionReceive = "connection.receive",
        /// Send a request back for mending
        ConnectionReturn = "connection.return",
        /// Run the technical test in the sandbox
        ConnectionTest = "connection.test",
        /// Say whether the technical test is passed
        ConnectionJudgeTest = "connection.judge_test",
        /// Write the security-level file
        ConnectionLevel = "connection.level",
        /// Record a security assessment
        ConnectionAssess = "connection.assess",
        /// Exempt from an assessment
        ConnectionExempt = "connection.exempt",
        /// Approve a request
        ConnectionApprove = "connection.approve",
        /// Refuse a request for good
        ConnectionRefuse = "connection.refuse",
        /// Bring the signed commitment and registration form
        ConnectionCommit = "connection.commit",
        /// Put an approved system on the road
        ConnectionConnect = "connection.connect",
        /// Report a change of design
        ConnectionRedesign = "connection.redesign",
        /// Suspend a system
        ConnectionSuspend = "connection.suspend",
        /// End a suspension
        ConnectionResume = "connection.resume",
        /// Disconnect a system
        ConnectionDisconnect = "connection.disconnect",
        /// Connect a disconnected system again
        ConnectionReconnect = "connection.reconnect",
        /// Take the evidence file
        ConnectionEvidence = "connection.evidence",

        /// See organisations
        OrganisationRead = "organisation.read",
        /// Put an organisation on record or change it
        OrganisationWrite = "organisation.write",
        /// Stop all systems of an organisation
        OrganisationSuspend = "organisation.suspend",
        /// End that
        OrganisationResume = "organisation.resume",

        /// See officers' accounts
        AccountRead = "account.read",
        /// Register, change or transfer an account
        AccountRegister = "account.register",
        /// Import the account table
        AccountImport = "account.import",
        /// Take registered accounts into use
        AccountAdmit = "account.admit",
        /// Lock an account
        AccountLock = "account.lock",
        /// Unlock an account
        AccountUnlock = "account.unlock",
        /// Close an account for good
        AccountClose = "account.close",

        /// See quotas
        QuotaRead = "quota.read",
        /// Ask for another quota
        QuotaAsk = "quota.ask",
        /// Grant or refuse a quota
        QuotaGrant = "quota.grant",

        /// See campaigns
        CampaignRead = "campaign.read",
        /// Open a campaign
        CampaignOpen = "campaign.open",
        /// Answer for one's unit: confirm, change, close each account
        CampaignAnswer = "campaign.answer",
        /// Remind units
        CampaignRemind = "campaign.remind",
        /// Close a campaign
        CampaignClose = "campaign.close",
        /// Take its result as a form
        CampaignExport = "campaign.export",

        /// See alerts
        AlertRead = "alert.read",
        /// Take an alert up, note, mark as false, close
        AlertHandle = "alert.handle",
        /// Brake whom the alert is about
        AlertBrake = "alert.brake",
        /// Release the brake
        AlertRelease = "alert.release",

        /// See watch rules
        WatchRead = "watch.read",
        /// Run a rule over the past
        WatchDryRun = "watch.dry_run",
        /// Propose a rule, a threshold, a planted record
        WatchPropose = "watch.propose",
        /// Put a proposed rule into force
        WatchEnact = "watch.enact",

        /// See tickets
        TicketRead = "ticket.read",
        /// Open a ticket
        TicketOpen = "ticket.open",
        /// Write into a ticket
        TicketReply = "ticket.reply",
        /// Close a ticket
        TicketClose = "ticket.close",

        /// See error notices
        NoticeRead = "notice.read",
        /// File an error notice
        NoticeFile = "notice.file",
        /// Answer an error notice
        NoticeAnswer = "notice.answer",
        /// Close an error notice
        NoticeClose = "notice.close",

        /// See inspections and evaluations
        InspectionRead = "inspection.read",
        /// Plan an inspection
        InspectionPlan = "inspection.plan",
        /// Order a planned inspection
        InspectionOrder = "inspection.order",
        /// Record findings
        InspectionRecord = "inspection.record",
        /// Answer findings with remedies
        InspectionRemedy = "inspection.remedy",
        /// Hand in the organisation's own evaluation and checklist
        InspectionEvaluate = "inspection.evaluate",
        /// Close an inspection
        InspectionClose = "inspection.close",

        /// See that secrets exist and how old they are; nobody sees a secret
        SecretRead = "secret.read",
        /// Have a secret made or rotated
        SecretCreate = "secret.create",
        /// Collect it once, encrypted to the collector's key
        SecretCollect = "secret.collect",
        /// Revoke a secret
        SecretRevoke = "secret.revoke",

        /// See certificates and workstations
        CertificateRead = "certificate.read",
        /// Ask for a certificate
        CertificateRequest = "certificate.request",
        /// Issue a certificate
        CertificateIssue = "certificate.issue",
        /// Enrol a workstation
        CertificateEnrol = "certificate.enrol",
        /// Revoke a certificate or workstation
        CertificateRevoke = "certificate.revoke",

        /// See accounts of staff
        StaffRead = "staff.read",
        /// Invite a member of staff
        StaffInvite = "staff.invite",
        /// Set the roles of an account
        StaffSetRoles = "staff.set_roles",
        /// Lock an account
        StaffLock = "staff.lock",
        /// Unlock an account
        StaffUnlock = "staff.unlock",
        /// Close an account for good
        StaffClose = "staff.close",
        /// Reset a lost password or second factor
        StaffReset = "staff.reset",
        /// Change password and second factors
        StaffCredentials = "staff.credentials",
        /// See and end sessions, forget devices
        StaffSessions = "staff.sessions",

        /// See when the emergency account was opened, and why
        EmergencyRead = "emergency.read",
        /// Ask for the emergency account
        EmergencyRequest = "emergency.request",
        /// Agree to a request of another person
        EmergencyApprove = "emergency.approve",
        /// Close it before its time
        EmergencyClose = "emergency.close",

        /// See cleaning jobs, their progress and figures
        CleaningRead = "cleaning.read",
        /// Bring a file and have it cleaned, within agreement and quota
        CleaningSubmit = "cleaning.submit",
        /// End a job before it is done
        CleaningCancel = "cleaning.cancel",
        /// Look at doubtful rows beside the persons they may mean, and decide
        CleaningReview = "cleaning.review",
        /// Take the result
        CleaningExport = "cleaning.export",

        /// See figures of use
        UsageRead = "usage.read",
        /// Take them as a file
        UsageExport = "usage.export",

        /// See the rules with their dates and sources
        RuleRead = "rule.read",
        /// Propose a change with its day of effect
        RulePropose = "rule.propose",
        /// Put a proposed change into force
        RuleEnact = "rule.enact",

        /// See what staff did, search the journal
        AuditRead = "audit.read",
        /// Take it as a file with proofs
        AuditExport = "audit.export",
    }
}

impl Action {
    /// The kind of thing that it is done to.
    pub fn area(self) -> Area {
        let area = self.name().split_once('.').and_then(|(area, _)| Area::from_name(area));
        // Every name begins with that of an area: proved by `every_action_has_an_area`.
        area.unwrap_or(Area::Audit)
    }

    /// Reading things of this area.
    pub fn read_of(area: Area) -> Self {
        match area {
            Area::Connection => Self::ConnectionRead,
            Area::Organisation => Self::OrganisationRead,
            Area::Account => Self::AccountRead,
            Area::Quota => Self::QuotaRead,
            Area::Campaign => Self::CampaignRead,
            Area::Alert => Self::AlertRead,
            Area::Watch => Self::WatchRead,
            Area::Ticket => Self::TicketRead,
            Area::Notice => Self::NoticeRead,
            Area::Inspection => Self::InspectionRead,
            Area::Secret => Self::SecretRead,
            Area::Certificate => Self::CertificateRead,
            Area::Staff => Self::StaffRead,
            Area::Emergency => Self::EmergencyRead,
            Area::Cleaning => Self::CleaningRead,
            Area::Usage => Self::UsageRead,
            Area::Rule => Self::RuleRead,
            Area::Audit => Self::AuditRead,
        }
    }
}
