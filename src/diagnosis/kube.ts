import { anyGlobTest } from '../policy/glob.ts';

const kubeTool = anyGlobTest([
  'kube*',
  '*kubectl*',
  '*k8s*',
  '*kubernetes*',
  '*openshift*',
  'oc',
  'oc_*',
  'helm',
  'helm_*',
  '*_helm',
  'argocd',
]);

const kubeWording =
  /\bkubectl\b|\bkube-?config\b|\bkube-?apiserver\b|\boc login\b|openshift|\bError from server\b|logged in to the server|system:serviceaccount:|server has asked for the client to provide credentials|getting credentials: exec|\bKubernetes cluster\b|\.kube\/config|client\.authentication\.k8s\.io/i;

/** Whether a failure is one of a Kubernetes tool: by the tool's name, else by the wording of its clients. */
export const isKube = (tool: string, text: string): boolean => kubeTool(tool) || kubeWording.test(text);
