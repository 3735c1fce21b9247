import fc from 'fast-check';

// Loaded before the tests of a mutant: the first counterexample is enough, the smallest one is not needed.
fc.configureGlobal({ endOnFailure: true });
