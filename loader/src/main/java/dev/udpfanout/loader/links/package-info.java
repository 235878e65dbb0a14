/**
 * By which link of this node each endpoint is reached, and which endpoints are cut off because theirs is down. What is
 * read is rtnetlink's; what follows from it is pure.
 */
package dev.udpfanout.loader.links;
