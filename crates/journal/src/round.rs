//! Answering everybody in a group.
use crate::{JournalError, Receipt};
use tokio::runtime::{Handle, RuntimeFlavor};
use tokio::sync::oneshot;

/// Callers in a group from which on they are answered from within their runtime.
const MANY: usize = 4;

/// What a caller is told.
pub(crate) type Told = Result<Vec<Receipt>, JournalError>;

/// Who waits, and where.
pub(crate) struct Caller {
    answer: oneshot::Sender<Told>,
    /// The runtime on whose threads the caller runs, if it is one of several threads
    runtime: Option<Handle>,
}

impl Caller {
    /// One that calls here and now, and where its answer comes.
    pub(crate) fn new() -> (Self, oneshot::Receiver<Told>) {
        let (answer, receiver) = oneshot::channel();
        let several = |handle: &Handle| handle.runtime_flavor() == RuntimeFlavor::MultiThread;
        (Self { answer, runtime: Handle::try_current().ok().filter(several) }, receiver)
    }
}

/// Answers on their way. However it ends, everybody is answered.
#[derive(Default)]
pub(crate) struct Round(Vec<(oneshot::Sender<Told>, Told)>);

impl Round {
    /// Answers all of a group.
    ///
    /// Whoever answers from outside a runtime wakes it once for each caller. So many callers are answered by a task of their
    /// runtime, which is woken once. Should the runtime be ending, the task is dropped, and the callers are answered by that.
    pub(crate) fn tell(group: Vec<(Caller, Told)>) {
        let runtime = group.first().and_then(|(caller, _)| caller.runtime.clone());
        let here = |(caller, _): &(Caller, Told)| {
            caller.runtime.as_ref().zip(runtime.as_ref()).is_some_and(|(one, other)| one.id() == other.id())
        };
        let together = group.len() >= MANY && group.iter().all(here);
        let round = Self(group.into_iter().map(|(caller, told)| (caller.answer, told)).collect());
        match runtime.filter(|_| together) {
            Some(runtime) => drop(runtime.spawn(async move { drop(round) })),
            None => drop(round),
        }
    }
}

impl Drop for Round {
    fn drop(&mut self) {
        for (caller, told) in self.0.drain(..) {
            // Who no longer waits for the answer has dropped its end.
            let _ = caller.send(told);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::runtime::Builder;

    fn several() -> tokio::runtime::Runtime {
        Builder::new_multi_thread().worker_threads(2).build().unwrap()
    }

    /// As many callers as that, in this runtime or in none; and where their answers come.
    fn callers(
        of: Option<&tokio::runtime::Runtime>,
        many: usize,
    ) -> (Vec<Caller>, Vec<oneshot::Receiver<Told>>) {
        let _inside = of.map(tokio::runtime::Runtime::enter);
        (0..many).map(|_| Caller::new()).unzip()
    }

    fn tell(callers: Vec<Caller>) {
        Round::tell(callers.into_iter().map(|caller| (caller, Ok(Vec::new()))).collect());
    }

    fn expect_answers(receivers: Vec<oneshot::Receiver<Told>>) {
        for receiver in receivers {
            assert_eq!(receiver.blocking_recv().unwrap(), Ok(Vec::new()));
        }
    }

    #[test]
    fn everybody_is_answered_wherever_they_wait() {
        let (one, other, single) = (several(), several(), Builder::new_current_thread().build().unwrap());
        for many in [1, 3, 4, 64] {
            for group in
                [vec![Some(&one)], vec![None], vec![Some(&single)], vec![Some(&one), Some(&other), None]]
            {
                let (callers_of, receivers): (Vec<_>, Vec<_>) =
                    group.into_iter().map(|runtime| callers(runtime, many)).unzip();
                tell(callers_of.into_iter().flatten().collect());
                // Neither the first nor any other needs to be polled for the rest to be answered.
                expect_answers(receivers.into_iter().flatten().rev().collect());
            }
        }
    }

    #[test]
    fn everybody_is_answered_when_the_runtime_has_ended() {
        let runtime = several();
        let (callers, receivers) = callers(Some(&runtime), 64);
        drop(runtime);
        tell(callers);
        expect_answers(receivers);
    }

    #[test]
    fn who_has_gone_hinders_nobody() {
        let runtime = several();
        let (callers, mut receivers) = callers(Some(&runtime), 64);
        receivers.drain(..32);
        tell(callers);
        expect_answers(receivers);
    }
}
