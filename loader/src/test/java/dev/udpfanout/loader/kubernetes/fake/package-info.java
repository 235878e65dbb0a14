/** An API server of the tests' own, with what a real one does to those who watch: gaps, refusals, silence. */
package dev.udpfanout.loader.kubernetes.fake;
