import{a,b,c}from"./chunk-WMZYS3AG.js";import"./chunk-FNYUK73Y.js";import"./chunk-WE6FHXXZ.js";import"./chunk-2EQMRWV6.js";export{b as AskBar,c as NotifySettings,a as failed};
