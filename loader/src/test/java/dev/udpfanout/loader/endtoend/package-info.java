/** The daemon as it is shipped, in a node of the lab, with an API server on the node and pods that receive. */
package dev.udpfanout.loader.endtoend;
