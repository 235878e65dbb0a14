package dev.udpfanout.loader.datapath;

import dev.udpfanout.loader.interception.FoundInterface;

/**
 * An interface on which Services are served.
 *
 * @param found which, and why
 * @param attachment how the program is there, for example {@code "tcx"}; empty if it is not
 * @param fault why it is not there, if attaching it has failed; else empty
 */
public record ServedInterface(FoundInterface found, String attachment, String fault) {}
