/** Following resources for as long as it takes, whatever the API server does. */
package dev.udpfanout.loader.kubernetes.watch;
