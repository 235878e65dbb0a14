/** Network namespaces: a thread moves into a new one, or into one that is there. */
package dev.udpfanout.bindings.namespace;
