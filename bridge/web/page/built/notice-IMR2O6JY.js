import{a,b,c}from"./chunk-BAVMD4AX.js";import"./chunk-FNYUK73Y.js";import"./chunk-WE6FHXXZ.js";import"./chunk-2EQMRWV6.js";export{a as AskBar,b as NotifySettings,c as default};
