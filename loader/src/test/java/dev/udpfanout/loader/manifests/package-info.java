/** The manifests under {@code k8s}: that they are whole, agree with each other, and ask for what the daemon needs. */
package dev.udpfanout.loader.manifests;
