//! Fuzzes the reader of chronicles.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| demarche_fuzz::chronicle(bytes));
