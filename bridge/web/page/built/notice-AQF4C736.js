import{a,b,c}from"./chunk-2H7LIF57.js";import"./chunk-7OW3CEFG.js";import"./chunk-253XUVFQ.js";import"./chunk-L4WD4L4O.js";export{b as AskBar,c as NotifySettings,a as failed};
