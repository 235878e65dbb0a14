/** What a line of the log looks like, and which lines there are. */
package dev.udpfanout.loader.logging;
