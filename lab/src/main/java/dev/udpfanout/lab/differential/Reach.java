package dev.udpfanout.lab.differential;

/** On which nodes a network's receivers are; datagrams come to node 1. */
enum Reach {
    NODE_1,
    NODE_2,
    BOTH;

    boolean includes(int node) {
        return this == BOTH || (this == NODE_1) == (node == 1);
    }
}
