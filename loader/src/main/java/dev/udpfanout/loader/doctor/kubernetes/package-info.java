/** What Kubernetes has to say of listeners: Services, slices, rights, policies. */
package dev.udpfanout.loader.doctor.kubernetes;
