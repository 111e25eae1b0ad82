import{a,b,c}from"./chunk-NZQNZBLW.js";import"./chunk-NMS42FTA.js";import"./chunk-XIBSTWNW.js";import"./chunk-XM33Z267.js";export{a as AskBar,b as NotifySettings,c as default};
