package dev.udpfanout.loader.datapath;

/**
 * The flows of all listeners with replies, as last looked at.
 *
 * @param present flows at that moment
 * @param max how many there can be
 * @param expired flows forgotten since nothing was heard of them for long enough, since this process began
 * @param evicted flows forgotten for lack of room, since this process began
 * @param refused flows not made for lack of room, since this process began
 */
public record FlowCounters(long present, long max, long expired, long evicted, long refused) {}
