/** The connection to the API server, and who we are there. */
package dev.udpfanout.loader.kubernetes.api;
