/** What commands have found on several nodes, put together. */
package dev.udpfanout.loader.cli.nodes;
