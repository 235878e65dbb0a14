package dev.udpfanout.loader.datapath;

/**
 * The flows of all listeners with replies, as last looked at.
 *
 * @param present flows at that moment
 * @param max how many there can be
 * @param expired flows forgotten since nothing was heard of them for long enough, since this process began
 * @param evicted flows forgotten for lack of room, since this process began
 * @param withoutRoom flows not made, since all flows of a full table were in use, since this process began
 * @param expectedElsewhere flows not made, since connection tracking expects the answers for somebody else, since this
 *     process began
 */
public record FlowCounters(
        long present, long max, long expired, long evicted, long withoutRoom, long expectedElsewhere) {}
