//! `demarche data unmapped`.
use crate::args_data::Unmapped;
use crate::failure::Failure;
use crate::output::Output;

pub fn run(_args: &Unmapped, _quiet: bool, _out: &mut Output) -> Result<(), Failure> {
    todo!()
}
