import{a,b,c}from"./chunk-ZROUEE6Q.js";import"./chunk-LMP4D2YT.js";import"./chunk-RBGGBBN4.js";import"./chunk-3JY56HXN.js";export{a as AskBar,b as NotifySettings,c as default};
