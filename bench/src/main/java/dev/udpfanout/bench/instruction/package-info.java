/**
 * How many instructions the kernel programs have: a growth shows in review, because the counts are in the repository.
 */
package dev.udpfanout.bench.instruction;
