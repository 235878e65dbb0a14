package dev.udpfanout.lab.kernels;

/**
 * What came of a scenario.
 *
 * @param passed whether all that was sent came where it should
 * @param detail one line for people
 */
record Outcome(boolean passed, String detail) {}
