//! Work spread over threads whose result does not depend on how many there are.

/// Does `work` for each item, in the order of the items, with as many threads as asked; each thread
/// has a workspace of its own, made by `space`. An item's result must not depend on what the workspace
/// was used for before.
pub(crate) fn spread<T: Sync, S, R: Send>(
    threads: usize,
    items: &[T],
    space: impl Fn() -> S + Sync,
    work: impl Fn(&mut S, &T) -> R + Sync,
) -> Vec<R> {
    let threads = threads.clamp(1, items.len().max(1));
    if threads == 1 {
        let mut own = space();
        return items.iter().map(|item| work(&mut own, item)).collect();
    }
    let chunk = items.len().div_ceil(threads);
    std::thread::scope(|scope| {
        let hands: Vec<_> = items
            .chunks(chunk)
            .map(|part| {
                let (space, work) = (&space, &work);
                scope.spawn(move || {
                    let mut own = space();
                    part.iter()
                        .map(|item| work(&mut own, item))
                        .collect::<Vec<R>>()
                })
            })
            .collect();
        let mut all = Vec::with_capacity(items.len());
        for hand in hands {
            match hand.join() {
                Ok(part) => all.extend(part),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        all
    })
}
