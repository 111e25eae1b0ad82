import{a,b,c}from"./chunk-565CZGMR.js";import"./chunk-7HRLTG7U.js";import"./chunk-XIBSTWNW.js";import"./chunk-XM33Z267.js";export{a as AskBar,b as NotifySettings,c as default};
