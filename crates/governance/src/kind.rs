//! Kinds of matter, their states and steps, by the stable names that data and tables hold.
use dancu_citizen::named;

named! {
    /// What has a life of its own here: states, steps, deadlines, documents.
    Kind {
        /// A connection, from its request to its disconnection
        Connection = "connection",
        /// Hồ sơ đề xuất cấp độ, with its approval
        LevelFile = "level_file",
        /// A security assessment
        Assessment = "assessment",
        /// Something that an assessment or an inspection found wrong
        Finding = "finding",
        /// An order that suspends or disconnects
        Halt = "halt",
        /// A connected organisation reports wrong data
        ErrorNotice = "error_notice",
        /// Somebody asks for support
        Ticket = "ticket",
        /// An inspection of systems, workstations, look-ups
        Inspection = "inspection",
        /// The operator's periodic evaluation
        Evaluation = "evaluation",
    }
}

named! {
    /// A state of a matter. Which of them a kind has is in the data.
    State {
        /// Being written
        Draft = "draft",
        /// Handed in
        Submitted = "submitted",
        /// Sent back for supplement
        Returned = "returned",
        /// In the sandbox
        TechnicalTest = "technical_test",
        /// Being assessed, or waiting for approval
        Assessment = "assessment",
        /// Approved; of a level file: counts
        Approved = "approved",
        /// Live
        Connected = "connected",
        /// Tạm dừng
        Suspended = "suspended",
        /// Ngắt kết nối
        Disconnected = "disconnected",
        /// Taken back, refused or lapsed
        Withdrawn = "withdrawn",
        /// Of a level file: waits for its approval to be recorded
        Proposed = "proposed",
        /// Not accepted
        Rejected = "rejected",
        /// Planned
        Planned = "planned",
        /// Under way
        Running = "running",
        /// Of an assessment: nothing stands against it
        Passed = "passed",
        /// Of an assessment: something does
        Failed = "failed",
        /// Of an assessment: confirmed in writing
        Confirmed = "confirmed",
        /// Not held
        Cancelled = "cancelled",
        /// Waits for somebody to begin
        Open = "open",
        /// Mended, says whoever had to
        Fixed = "fixed",
        /// Over
        Closed = "closed",
        /// Of an order: it stops calls
        InForce = "in_force",
        /// Of an order: its causes are mended, says the organisation
        Remedied = "remedied",
        /// Of an order: it stops nothing any more
        Lifted = "lifted",
        /// Of a notice: waits to be looked at
        Filed = "filed",
        /// Taken up; of an evaluation: accepted
        Accepted = "accepted",
        /// Of a notice: the data are right now
        Corrected = "corrected",
        /// Of a ticket: somebody has it
        InWork = "in_work",
        /// Of a ticket: waits for whoever asked
        Waiting = "waiting",
        /// Of a ticket: answered
        Answered = "answered",
        /// Reported
        Reported = "reported",
        /// Of an inspection: something is to be mended
        FollowUp = "follow_up",
        /// Of an evaluation: to be handed in
        Due = "due",
    }
}

named! {
    /// A step from state to state. What it needs is in the data.
    Step {
        /// Begins a matter
        Open = "open",
        /// Hands in
        Submit = "submit",
        /// Sends back
        Return = "return",
        /// Takes up a request: papers handed over, sandbox opened, assessment planned
        Receive = "receive",
        /// Opens the sandbox again
        RenewTest = "renew_test",
        /// The technical test is passed
        PassTest = "pass_test",
        /// Undoes that
        BackToTest = "back_to_test",
        /// An assessment was passed
        Assess = "assess",
        /// Approves
        Approve = "approve",
        /// Undoes that
        BackToAssessment = "back_to_assessment",
        /// Refuses
        Refuse = "refuse",
        /// Takes back
        Withdraw = "withdraw",
        /// Time ran out
        Lapse = "lapse",
        /// Begins again
        Reopen = "reopen",
        /// Goes live
        Connect = "connect",
        /// A later assessment was confirmed
        Renew = "renew",
        /// The design changes
        ChangeDesign = "change_design",
        /// Tạm dừng
        Suspend = "suspend",
        /// Ends that
        Resume = "resume",
        /// Ngắt kết nối
        Disconnect = "disconnect",
        /// Asks for the way back
        AskReconnect = "ask_reconnect",
        /// Does not accept
        Reject = "reject",
        /// Hands in again
        Resubmit = "resubmit",
        /// Begins the work
        Begin = "begin",
        /// Passes
        Pass = "pass",
        /// Exempts
        Exempt = "exempt",
        /// Fails
        Fail = "fail",
        /// Undoes a pass
        BackToRunning = "back_to_running",
        /// Confirms in writing
        Confirm = "confirm",
        /// Calls off
        Cancel = "cancel",
        /// Says that it is mended
        Fix = "fix",
        /// Says that it is
        Verify = "verify",
        /// Reports what was done against the causes
        Remedy = "remedy",
        /// Ends an order
        Lift = "lift",
        /// Takes up
        Accept = "accept",
        /// The data are right now
        Correct = "correct",
        /// Ends
        Close = "close",
        /// Takes on
        Take = "take",
        /// Asks back
        Ask = "ask",
        /// Replies to that
        Reply = "reply",
        /// Answers
        Answer = "answer",
        /// Reports
        Report = "report",
        /// Demands mending
        Demand = "demand",
    }
}

named! {
    /// What must be true for a step, by name.
    Check {
        /// Every field of the request is there and makes sense
        RequestComplete = "request_complete",
        /// Each case of the newest technical test was called and answered as expected
        TestDone = "test_done",
        /// An assessment was passed since the connection came into its state
        AssessmentPassed = "assessment_passed",
        /// A level file is approved, at the level that the law demands
        LevelEnough = "level_enough",
        /// Each subject of the assessment is passed, and no finding that blocks is open
        SubjectsPassed = "subjects_passed",
        /// The ground of the exemption exempts from this kind of assessment
        ExemptionAllowed = "exemption_allowed",
        /// Every measure of the system's level is on record
        MeasuresRecorded = "measures_recorded",
        /// Nothing that the inspection found is open
        FindingsClosed = "findings_closed",
    }
}

impl State {
    /// Whether the content of a matter of this kind may be written in this state.
    pub fn is_written_in(self, kind: Kind) -> bool {
        matches!(
            (kind, self),
            (Kind::Connection, Self::Draft | Self::Returned)
                | (Kind::LevelFile, Self::Rejected)
                | (Kind::Assessment, Self::Planned | Self::Running | Self::Failed)
                | (Kind::Finding | Kind::Ticket, Self::Open)
                | (Kind::ErrorNotice, Self::Filed)
                | (Kind::Ticket, Self::InWork | Self::Waiting)
                | (Kind::Inspection, Self::Planned | Self::Running | Self::Reported)
                | (Kind::Evaluation, Self::Due | Self::Returned)
        )
    }

    /// Whether an assessment or an inspection in this state may find something.
    pub fn takes_findings(self, kind: Kind) -> bool {
        matches!(
            (kind, self),
            (Kind::Assessment, Self::Running | Self::Failed)
                | (Kind::Inspection, Self::Running | Self::Reported | Self::FollowUp)
        )
    }
}
